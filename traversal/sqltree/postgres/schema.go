package postgres

// joined are characters inside of which PostgreSQL sees one word, such as a path, a file name or a
// tag. They are replaced by blanks, so that each word of them is found, as SQLite does.
const (
	joined = `./<>@_-:&=?#%+\~|*''"`
	blanks = `                    `
)

// steps are the versions of the schema. A released step never changes.
//
// Names compare byte by byte (COLLATE "C"), whatever the locale of the database: so uniqueness, the
// order of pages and their cursors agree, and agree with SQLite. The uniqueness of (parent, name)
// is a plain index on purpose: renaming or moving a folder then waits for new children of it, and
// so a path stays true while a child is made.
//
// tree_text is what full-text search finds. access is the nearest node with an access list, the
// node itself included.
var steps = []string{`
CREATE TABLE tree_node (
	id       uuid   PRIMARY KEY,
	parent   uuid   REFERENCES tree_node (id) ON DELETE CASCADE,
	name     text   COLLATE "C" NOT NULL,
	kind     text   NOT NULL,
	data     jsonb  NOT NULL,
	acl      text,
	version  bigint NOT NULL,
	created  bigint NOT NULL,
	modified bigint NOT NULL,
	ord      bigint NOT NULL
);
CREATE UNIQUE INDEX tree_node_name ON tree_node (parent, name);
CREATE UNIQUE INDEX tree_node_root ON tree_node ((1)) WHERE parent IS NULL;
CREATE INDEX tree_node_order ON tree_node (parent, ord, name);
`, `
CREATE TABLE tree_text (
	id     uuid PRIMARY KEY REFERENCES tree_node (id) ON DELETE CASCADE,
	access uuid,
	title  text NOT NULL,
	body   text NOT NULL,
	words  tsvector NOT NULL GENERATED ALWAYS AS (
		setweight(to_tsvector('simple', translate(title, '` + joined + `', '` + blanks + `')), 'A') ||
		to_tsvector('simple', translate(body, '` + joined + `', '` + blanks + `'))) STORED
);
CREATE INDEX tree_text_words ON tree_text USING gin (words);
CREATE INDEX tree_node_acl ON tree_node (id) WHERE acl IS NOT NULL;
CREATE INDEX tree_node_lists ON tree_node (parent) WHERE acl IS NOT NULL;
`, `
CREATE TABLE tree_audit (
	seq      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at       bigint  NOT NULL,
	actor    text    NOT NULL,
	op       text    NOT NULL,
	node     uuid    NOT NULL,
	kind     text    NOT NULL,
	name     text    NOT NULL,
	version  bigint  NOT NULL,
	undoable boolean NOT NULL,
	undone   boolean NOT NULL,
	before   text    NOT NULL
);
CREATE INDEX tree_audit_node ON tree_audit (node, seq);
`, `
ALTER TABLE tree_audit ADD COLUMN parent uuid, ADD COLUMN was_parent uuid, ADD COLUMN was_name text NOT NULL DEFAULT '';
`}

// descend resolves a path. The name of each step is taken from the array by its subscript: joined
// with unnest, the statement is planned anew at each call.
const descend = `
WITH RECURSIVE walk(depth, id, parent, name, kind, data, acl, version, created, modified, ord) AS (
	SELECT 0, id, parent, name, kind, data, acl, version, created, modified, ord FROM tree_node WHERE id = $1
	UNION ALL
	SELECT walk.depth + 1, n.id, n.parent, n.name, n.kind, n.data, n.acl, n.version, n.created, n.modified, n.ord
	FROM walk JOIN tree_node n ON n.parent = walk.id AND n.name = ($2::text[])[walk.depth + 1]
)
SELECT id, parent, name, kind, data, acl, version, created, modified, ord FROM walk`

// search finds texts.
const search = `
SELECT t.id, t.title, left(t.body, $4) FROM tree_text t, to_tsquery('simple', $1) q
WHERE t.words @@ q AND ($2::uuid[] IS NULL OR t.access = ANY ($2::uuid[]) OR $3 AND t.access IS NULL)
ORDER BY ts_rank('{0.1, 0.1, 0.1, 0.8}', t.words, q) DESC, t.id LIMIT $5 OFFSET $6`
