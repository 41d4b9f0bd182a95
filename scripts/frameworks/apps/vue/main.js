import { createApp } from 'vue';
import App from './App.vue';

const app = createApp(App, { url: new URLSearchParams(location.search).get('url') });
app.mount('#root');
globalThis.end = () => app.unmount();
