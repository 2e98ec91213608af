"use strict";
// In the place of a package that no policy uses (index.cjs).
module.exports = {};
