// Package order sorts names that say which others they want to be under or over: tweens and view derivers.
//
// Names lie between two sentinels, from the outermost to the innermost. Each name is added with the names that it lies
// under (inside of) and over (outside of); of several, those that exist count. Where hints leave a choice, a name that was
// added later lies further out, and those with the same `over` keep their order. The exact rule is at [Sorter.Sorted].
package order
