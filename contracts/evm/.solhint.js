// What is left out has a reason; everything else is solhint's recommendation.
module.exports = {
  extends: 'solhint:recommended',
  rules: {
    // Constructors of this language version have no visibility.
    'func-visibility': ['warn', { ignoreConstructors: true }],
    // Names and one sentence where a name does not say it: tags for each parameter would repeat them.
    'use-natspec': 'off',
    // The hot loops, signatures and paths are assembly on purpose; each block says why.
    'no-inline-assembly': 'off',
    // A constructor that only passes on, and a permit that somebody has used before.
    'no-empty-blocks': 'off',
    // Indexing costs gas: indexed is what somebody looks for.
    'gas-indexed-events': 'off',
    // Bounds read as they are meant; the difference is three gas, once.
    'gas-strict-inequalities': 'off',
    'gas-increment-by-one': 'off',
    'gas-small-strings': 'off',
    // Structs that are signed or hashed keep the order of their fields; the others are packed by word.
    'gas-struct-packing': 'off',
  },
};
