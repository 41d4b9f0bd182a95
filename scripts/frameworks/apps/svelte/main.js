import { mount, unmount } from 'svelte';
import App from './App.svelte';

const target = document.getElementById('root');
const app = mount(App, { target, props: { url: new URLSearchParams(location.search).get('url') } });
globalThis.end = () => unmount(app);
