import { ConsoleLogger, LogLevel, NodeJSFileSystem } from '@angular/compiler-cli';
import { createEs2015LinkerPlugin } from '@angular/compiler-cli/linker/babel';
import { transformAsync } from '@babel/core';

const linker = createEs2015LinkerPlugin({
  fileSystem: new NodeJSFileSystem(),
  logger: new ConsoleLogger(LogLevel.warn),
  linkerJitMode: false,
});

/** Finishes what Angular's own packages leave to the application, so that no compiler is in the page. */
const link = {
  name: 'link-angular',
  async transform(code, id) {
    if (!id.includes('/@angular/') || !code.includes('ɵɵngDeclare')) return null;
    const { code: linked } = await transformAsync(code, {
      filename: id,
      plugins: [linker],
      compact: false,
      configFile: false,
    });
    return { code: linked, map: null };
  },
};

// What the tools of Angular define for production.
export default { root: import.meta.dirname, plugins: [link], define: { ngDevMode: 'false' } };
