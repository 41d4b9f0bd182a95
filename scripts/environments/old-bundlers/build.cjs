const webpack = require('webpack');

const configuration = {
  mode: 'production',
  context: __dirname,
  entry: './main.js',
  output: { path: `${__dirname}/dist`, filename: 'main.js' },
  module: { rules: [{ test: /\.c?js$/, type: 'javascript/auto', use: `${__dirname}/loader.cjs` }] },
  performance: false,
};
webpack(configuration, (error, stats) => {
  if (error) throw error;
  const { errors, warnings, modules } = stats.toJson({ maxModules: Number.POSITIVE_INFINITY });
  if (errors.length + warnings.length > 0) throw new Error([...errors, ...warnings].join('\n'));
  console.log(
    JSON.stringify(modules.flatMap(({ name, modules: inner = [] }) => [name, ...inner.map((each) => each.name)])),
  );
});
