// Owns the start of the example of Svelte. Must not hold a component.
import { mount } from 'svelte';
// @ts-ignore A bundler gives it.
import Films from './Films.svelte';

mount(Films, { target: /** @type {HTMLElement} */ (document.getElementById('app')) });
