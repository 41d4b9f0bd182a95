import { deepStrictEqual } from 'node:assert/strict';
import { showsPrice, withFiles } from '../pages.mjs';

export const oldBundlers = [
  {
    title: 'old bundlers: webpack 4 finds the browser build by main fields, and a page works',
    run: async (lab) => {
      const names = JSON.parse(await lab.node(['old-bundlers/build.cjs']));
      const foreign = names.filter((name) => !/^\.\/main\.js$|\/hpx-transport-ws\/dist\/(browser|shared)\//.test(name));
      deepStrictEqual(foreign, []);
      await withFiles(lab, (url) => showsPrice(lab, `${url}/old-bundlers/index.html`));
    },
  },
];
