import '../../demo/testing-a-bot.test.js';
