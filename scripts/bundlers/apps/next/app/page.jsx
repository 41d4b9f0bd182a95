import { ask } from './ask.js';
import { Live } from './live.jsx';

/** Rendered on the server for each visit, where it asks the WebSocket server itself. */
export default async function Page({ searchParams }) {
  const { url } = await searchParams;
  return (
    <main>
      <p id="server">{await ask(url, 'asked by the page')}</p>
      <Live url={url} />
    </main>
  );
}
