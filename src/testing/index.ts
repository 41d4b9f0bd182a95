export * from './index.browser.js';
export * from './mock-server/mock-server.js';
