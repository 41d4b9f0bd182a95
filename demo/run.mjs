// npm run demo
import { runSource } from './run-source.mjs';

await runSource('main');
