// Owns the start of the example of Vue. Must not hold a component.
import { createApp } from 'vue';
// @ts-ignore A bundler gives it.
import Films from './Films.vue';

createApp(Films).mount('#app');
