export const mocks = ['msw', 'mock-socket'].map((tool) => ({
  title: `mocks: ${tool}: a client with the browser runtime talks to the mock, and reconnects`,
  run: (lab) => lab.node([`mocks/${tool}.mjs`]),
}));
