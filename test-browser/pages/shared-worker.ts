import { answerWith } from './worker-messages.js';

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port) port.onmessage = ({ data }: MessageEvent<string>) => void answerWith(port, data);
});
