import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app.js';
import { FEED_URL } from './feed.js';

const url = new URLSearchParams(location.search).get('url') ?? '';
const app = await bootstrapApplication(App, {
  providers: [provideZonelessChangeDetection(), { provide: FEED_URL, useValue: url }],
});
Object.assign(globalThis, { end: () => app.destroy() });
