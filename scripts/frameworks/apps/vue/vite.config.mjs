import vue from '@vitejs/plugin-vue';

export default { root: import.meta.dirname, plugins: [vue()] };
