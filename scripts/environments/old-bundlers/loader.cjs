const ts = require('ts59');

/** webpack 4 reads no syntax after ES2019, so every application transpiles its packages. */
module.exports = (source) =>
  ts.transpileModule(source, { compilerOptions: { target: 'es2018', module: 'esnext', allowJs: true } }).outputText;
