// Builds an app with each bundler from the package as npm would publish it, and opens it: run `npm run build` first.
import { join } from 'node:path';
import { withInstalled } from '../runtimes/installed.mjs';
import { apps, buildApp } from './apps.mjs';
import { bareSize, checkBrowserFiles } from './browser-files.mjs';
import { startPages } from './pages.mjs';

await withInstalled(import.meta.dirname, async (work) => {
  const bare = await bareSize(work);
  console.log(`esbuild: ${bare} bytes, minified and gzipped`);
  const pages = await startPages(work);
  try {
    for (const app of apps) {
      await buildApp(work, app);
      checkBrowserFiles(join(work, app.files), app, bare);
      await pages.open(work, app);
    }
  } finally {
    await pages.stop();
  }
});
