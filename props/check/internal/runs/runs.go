// Package runs keeps sorted sets of rows of words, in memory or in files, and merges and subtracts them.
//
// It answers how a set that is far larger than memory is kept in about a byte a row, exactly: sorted, as differences, in
// compressed blocks with a checksum each. A file gets its name when it is whole, and never changes.
//
// Goals: an error names the file and the place; memory is bounded by the blocks being read. Non-goals: to add to a set, or
// to look up rows that are in no order.
package runs
