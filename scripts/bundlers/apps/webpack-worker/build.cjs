const { copyFileSync } = require('node:fs');
const { join } = require('node:path');
const webpack = require('webpack');

const path = join(__dirname, 'dist');
const config = { mode: 'production', context: __dirname, entry: './main.js', output: { path }, devtool: 'source-map' };
webpack(config, (error, stats) => {
  if (error) throw error;
  console.log(stats.toString({ preset: 'errors-warnings' }));
  if (stats.hasErrors()) process.exitCode = 1;
  copyFileSync(join(__dirname, 'index.html'), join(path, 'index.html'));
});
