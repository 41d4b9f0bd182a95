import { afterEach } from 'vitest';
import { endTest } from './at-end.js';

// Here and not in at-end.ts, which files of one worker share: it would run for the first of these files alone.
afterEach(endTest);
