// Package merge compares texts by line, and puts together what two people have made of one text.
//
//	result := merge.Three(base, mine, theirs)
//	if result.Conflicts == 0 {
//		text = result.Text("", "")
//	}
//
// Texts end with a line feed, or are empty: Normal makes them so.
package merge
