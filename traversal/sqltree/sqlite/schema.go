package sqlite

// steps are the versions of the schema. A released step never changes.
//
// seq is the rowid, which full-text search needs: SQLite keeps only an INTEGER PRIMARY KEY as it is.
// The index of (parent, ord, name) serves pages in the order of the children.
var steps = []string{`
CREATE TABLE tree_node (
	seq      INTEGER PRIMARY KEY,
	id       BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
	parent   BLOB    REFERENCES tree_node (id) ON DELETE CASCADE,
	name     TEXT    NOT NULL,
	kind     TEXT    NOT NULL,
	data     TEXT    NOT NULL CHECK (json_valid(data)),
	acl      TEXT,
	version  INTEGER NOT NULL,
	created  INTEGER NOT NULL,
	modified INTEGER NOT NULL,
	ord      INTEGER NOT NULL,
	UNIQUE (parent, name)
) STRICT;
CREATE UNIQUE INDEX tree_node_root ON tree_node ((1)) WHERE parent IS NULL;
CREATE INDEX tree_node_order ON tree_node (parent, ord, name);
`}

// descend resolves a path. The name of each step is taken from the array by its subscript: joined with
// json_each, SQLite reads every child of each folder on the way.
const descend = `
WITH RECURSIVE walk(depth, id, parent, name, kind, data, acl, version, created, modified, ord) AS (
	SELECT 0, id, parent, name, kind, data, acl, version, created, modified, ord FROM tree_node WHERE id = ?1
	UNION ALL
	SELECT walk.depth + 1, n.id, n.parent, n.name, n.kind, n.data, n.acl, n.version, n.created, n.modified, n.ord
	FROM walk JOIN tree_node n ON n.parent = walk.id AND n.name = (?2 ->> walk.depth)
)
SELECT id, parent, name, kind, data, acl, version, created, modified, ord FROM walk ORDER BY depth`
