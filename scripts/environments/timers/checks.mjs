const VITEST = ['vitest2', 'vitest3', 'vitest4'];
const promise = 'a timeout fires in faked time, and in real time again';

export const timers = [
  ...VITEST.map((name) => ({
    title: `timers: ${name}: ${promise}`,
    run: (lab) => lab.node([`node_modules/${name}/vitest.mjs`, 'run', '--config', 'timers/vitest.config.mjs']),
  })),
  {
    title: `timers: jest: ${promise}`,
    run: (lab) => lab.node(['node_modules/jest/bin/jest.js', '--config', 'timers/jest.config.json']),
  },
  { title: `timers: sinon: ${promise}`, run: (lab) => lab.node(['timers/sinon.mjs']) },
];
