/**
 * Preloaded into a product (NODE_OPTIONS): a signal sets off a defect that nobody has caught, as one in the program would.
 */
process.on('SIGPWR', () => {
  throw new Error('a defect, thrown');
});
process.on('SIGURG', () => {
  Promise.reject(new Error('a defect, rejected'));
});
