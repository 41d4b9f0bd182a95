import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.jsx';

const root = createRoot(document.getElementById('root'));
const url = new URLSearchParams(location.search).get('url');
root.render(
  <StrictMode>
    <App url={url} />
  </StrictMode>,
);
globalThis.end = () => root.unmount();
