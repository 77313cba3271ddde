/**
 * `./x.js` is written where `./x.ts` is meant, as Node wants it. Jest's
 * `moduleNameMapper` could say so, too, but looks such names up anew in each
 * of two hundred test files, where what a resolver finds is remembered.
 */
module.exports = (request, options) => {
  const isOurs = /^\.\.?\/.*\.js$/.test(request) && !options.basedir.includes('/node_modules/');
  return options.defaultResolver(isOurs ? request.slice(0, -'.js'.length) : request, options);
};
