package model

// A Word is one that steps and states are told with.
type Word struct{ Text, Means string }

// Words returns the words that the product or this model uses in a sense of its own.
func Words() []Word {
	return []Word{
		{".PCK", "A package compressed into one file: what a site keeps and sends as content."},
		{".PKG", "The file that announces a version of a package to a site: its metadata."},
		{"at rest", "A state in which only a user or a fault can do anything more."},
		{"change notification", "What tells Distribution Manager that INCOMING has changed; as the product shipped, it is lost if the replication thread is busy."},
		{"Despooler", "The component that receives content at a site and stores it as the compressed copy."},
		{"Distribution Manager", "The component whose threads read INCOMING, compress and decompress packages, and feed the distribution points."},
		{"distribution point", "A share from which clients take a package."},
		{"INCOMING", "The inbox of Distribution Manager, \\SMS\\Inboxes\\DistMgr.box\\Incoming: the Sender puts .PKG files into it."},
		{"LastRefreshTime", "The time of the .PKG that was applied last, told as its version; an older one is discarded."},
		{"package thread", "The thread of Distribution Manager that works on one package; there is at most one for each package of a site."},
		{"replication thread", "The thread of Distribution Manager that reads INCOMING when a change notification wakes it, and judges each .PKG there."},
		{"StoredPkgVersion", "The version that the site's row in the database says is stored as the compressed copy."},
		{"torn", "Content of which only a part has been written, or parts by two writers."},
	}
}
