// Owns which charts commands can draw: with their library they are a chunk of their own. Must not draw.
export { diagnosisPage } from './diagnose-report.js';
export { simulationChart } from './simulate-chart.js';
