import { answerWith } from './worker-messages.js';

addEventListener('message', ({ data }: MessageEvent<string>) => void answerWith(globalThis as unknown as Worker, data));
