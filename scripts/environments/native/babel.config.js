module.exports = { presets: [['@react-native/babel-preset', { enableBabelRuntime: false }]] };
