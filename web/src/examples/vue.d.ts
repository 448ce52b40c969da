// TypeScript does not read Vue's components. Vite compiles them.
declare module '*.vue' {
  const component: import('vue').Component;
  export default component;
}
