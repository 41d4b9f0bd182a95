// The Node entry: everything of the other platforms, and the mock server.
export * from './index.browser.js';
export * from './mock-server/mock-server.js';
