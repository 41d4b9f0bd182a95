import { join } from 'node:path';

export default {
  productionBrowserSourceMaps: true,
  // Where node_modules and the code are that the apps share.
  turbopack: { root: join(import.meta.dirname, '../..') },
  // Bundled with webpack, Next gives ws an empty module for its optional 'bufferutil', and ws calls that.
  serverExternalPackages: process.env.WITH_WEBPACK ? ['ws'] : [],
};
