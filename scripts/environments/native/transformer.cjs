const { parseSync, transformFromAstSync } = require('@babel/core');

/** What React Native's own transformer does: its babel preset, for the packages too. */
exports.transform = ({ filename, options, plugins, src }) => {
  const config = {
    filename,
    babelrc: false,
    configFile: require.resolve('./babel.config.js'),
    code: false,
    ast: true,
    cloneInputAst: false,
    plugins,
    caller: { name: 'metro', platform: options.platform },
  };
  return { ast: transformFromAstSync(parseSync(src, config), src, config).ast };
};
