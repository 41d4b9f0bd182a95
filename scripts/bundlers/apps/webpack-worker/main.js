import { showPrices } from '../worker/page.js';

const worker = new Worker(new URL('../worker/feed.worker.js', import.meta.url), { type: 'module' });
void showPrices(document.getElementById('live'), new URLSearchParams(location.search).get('url'), worker);
