// What tests need that runs everywhere; the Node entry adds the mock server.
export {};
