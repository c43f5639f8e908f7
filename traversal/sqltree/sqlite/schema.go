package sqlite

// steps are the versions of the schema. A released step never changes.
//
// seq is the rowid, which full-text search needs: SQLite keeps only an INTEGER PRIMARY KEY as it
// is. The index of (parent, ord, name) serves pages in the order of the children.
//
// tree_text is what full-text search finds. access is the nearest node with an access list, the
// node itself included. Triggers keep the index of its words, also when a cascade deletes nodes.
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
`, `
CREATE TABLE tree_text (
	seq     INTEGER PRIMARY KEY,
	id      BLOB NOT NULL UNIQUE REFERENCES tree_node (id) ON DELETE CASCADE,
	access  BLOB,
	title   TEXT NOT NULL,
	body    TEXT NOT NULL
) STRICT;
CREATE INDEX tree_node_acl ON tree_node (id) WHERE acl IS NOT NULL;
CREATE INDEX tree_node_lists ON tree_node (parent, acl) WHERE acl IS NOT NULL;
CREATE VIRTUAL TABLE tree_words USING fts5 (title, body, content = 'tree_text', content_rowid = 'seq',
	tokenize = 'unicode61 remove_diacritics 0');
CREATE TRIGGER tree_text_added AFTER INSERT ON tree_text BEGIN
	INSERT INTO tree_words (rowid, title, body) VALUES (new.seq, new.title, new.body);
END;
CREATE TRIGGER tree_text_removed AFTER DELETE ON tree_text BEGIN
	INSERT INTO tree_words (tree_words, rowid, title, body) VALUES ('delete', old.seq, old.title, old.body);
END;
CREATE TRIGGER tree_text_changed AFTER UPDATE OF title, body ON tree_text BEGIN
	INSERT INTO tree_words (tree_words, rowid, title, body) VALUES ('delete', old.seq, old.title, old.body);
	INSERT INTO tree_words (rowid, title, body) VALUES (new.seq, new.title, new.body);
END;
`, `
CREATE TABLE tree_audit (
	seq      INTEGER PRIMARY KEY AUTOINCREMENT,
	at       INTEGER NOT NULL,
	actor    TEXT    NOT NULL,
	op       TEXT    NOT NULL,
	node     BLOB    NOT NULL,
	kind     TEXT    NOT NULL,
	name     TEXT    NOT NULL,
	version  INTEGER NOT NULL,
	undoable INTEGER NOT NULL,
	undone   INTEGER NOT NULL,
	before   TEXT    NOT NULL
) STRICT;
CREATE INDEX tree_audit_node ON tree_audit (node, seq);
`, `
ALTER TABLE tree_audit ADD COLUMN parent BLOB;
ALTER TABLE tree_audit ADD COLUMN was_parent BLOB;
ALTER TABLE tree_audit ADD COLUMN was_name TEXT NOT NULL DEFAULT '';
`}

// descend resolves a path. The name of each step is taken from the array by its subscript: joined
// with json_each, SQLite reads every child of each folder on the way.
const descend = `
WITH RECURSIVE walk(depth, id, parent, name, kind, data, acl, version, created, modified, ord) AS (
	SELECT 0, id, parent, name, kind, data, acl, version, created, modified, ord FROM tree_node WHERE id = ?1
	UNION ALL
	SELECT walk.depth + 1, n.id, n.parent, n.name, n.kind, n.data, n.acl, n.version, n.created, n.modified, n.ord
	FROM walk JOIN tree_node n ON n.parent = walk.id AND n.name = (?2 ->> walk.depth)
)
SELECT id, parent, name, kind, data, acl, version, created, modified, ord FROM walk`

// search finds texts. The set of nodes must not drive the query (+): the match would run again for
// each.
const search = `
SELECT t.id, t.title, substr(t.body, 1, ?4) FROM tree_words w JOIN tree_text t ON t.seq = w.rowid
WHERE tree_words MATCH ?1 AND (?2 IS NULL OR +t.access IN (SELECT unhex(value) FROM json_each(?2)) OR ?3 AND t.access IS NULL)
ORDER BY bm25(tree_words, 8.0, 1.0), t.id LIMIT ?5 OFFSET ?6`
