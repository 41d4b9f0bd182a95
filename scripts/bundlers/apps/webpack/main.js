import { showPrices } from '../live.js';

void showPrices(document.getElementById('live'), new URLSearchParams(location.search).get('url'));
