import sortedBtree from 'sorted-btree';

/** The package is CommonJS: Node hands its exports over as one object. */
export const BTree = sortedBtree.default;
