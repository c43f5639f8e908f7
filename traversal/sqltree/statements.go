package sqltree

import "fmt"

// statements are the statements of a tree, as the driver reads them.
type statements struct {
	root, load, insert                            string
	update, setACL, place, unorder, setOrder, del string
	first, after, lineage, height, current, count string
	firstOf, afterOf, childLists                  string
	nodes, descend, subtree                       string
	log, prune, audit, one, before, undone, kept  string
	lists, listed, addText, inherit, search       string
}

// Statements that both databases read. Those of a recursion stop at a depth, so that a broken tree
// cannot keep a query running.
const (
	stRoot   = `SELECT id, kind FROM tree_node WHERE parent IS NULL`
	stLoad   = `SELECT ` + Columns + ` FROM tree_node WHERE id = $1`
	stInsert = `INSERT INTO tree_node (` + Columns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

	stUpdate   = `UPDATE tree_node SET data = $4, version = version + 1, modified = $3 WHERE id = $1 AND version = $2`
	stSetACL   = `UPDATE tree_node SET acl = $4, version = version + 1, modified = $3 WHERE id = $1 AND version = $2`
	stPlace    = `UPDATE tree_node SET parent = $4, name = $5, ord = $6, version = version + 1, modified = $3 WHERE id = $1 AND version = $2`
	stUnorder  = `UPDATE tree_node SET ord = 0 WHERE parent = $1 AND ord <> 0`
	stSetOrder = `UPDATE tree_node SET ord = $3 WHERE parent = $1 AND name = $2`
	stDelete   = `DELETE FROM tree_node WHERE id = $1`

	stFirst   = `SELECT ` + Columns + ` FROM tree_node WHERE parent = $1 ORDER BY ord, name LIMIT $2`
	stFirstOf = `SELECT ` + Columns + ` FROM tree_node WHERE parent = $1 AND (acl IS NULL AND $3 OR %s) ORDER BY ord, name LIMIT $2`
	stAfterOf = `SELECT ` + Columns + ` FROM tree_node WHERE parent = $1 AND (ord, name) > ($3, $4)
		AND (acl IS NULL AND $5 OR %s) ORDER BY ord, name LIMIT $2`
	stChildLists = `SELECT DISTINCT acl FROM tree_node WHERE parent = $1 AND acl IS NOT NULL LIMIT $2`
	stAfter      = `SELECT ` + Columns + ` FROM tree_node WHERE parent = $1 AND (ord, name) > ($3, $4) ORDER BY ord, name LIMIT $2`
	stCurrent    = `SELECT version FROM tree_node WHERE id = $1`
	stCount      = `SELECT count(*) FROM tree_node WHERE parent = $1`

	// The lineage of a node, itself first.
	stLineage = `WITH RECURSIVE up(depth, ` + Columns + `) AS (
		SELECT 0, ` + Columns + ` FROM tree_node WHERE id = $1
		UNION ALL
		SELECT up.depth + 1, n.id, n.parent, n.name, n.kind, n.data, n.acl, n.version, n.created, n.modified, n.ord
		FROM up JOIN tree_node n ON n.id = up.parent WHERE up.depth < 1000
	) SELECT ` + Columns + ` FROM up ORDER BY depth`

	// Nodes with everything above them, each once: %s is the condition that n.id is in the set $1.
	stNodes = `WITH RECURSIVE up(id, parent) AS (
		SELECT n.id, n.parent FROM tree_node n WHERE %s
		UNION
		SELECT n.id, n.parent FROM up JOIN tree_node n ON n.id = up.parent
	) SELECT n.id, n.parent, n.name, n.kind, n.data, n.acl, n.version, n.created, n.modified, n.ord
	FROM up JOIN tree_node n ON n.id = up.id`

	// Full texts: the nodes with an access list, and the texts of nodes that inherit that of $1.
	stLists   = `SELECT id FROM tree_node WHERE acl IS NOT NULL LIMIT $1`
	stListed  = `SELECT id FROM tree_node WHERE acl IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`
	stAddText = `INSERT INTO tree_text (id, access, title, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET access = excluded.access, title = excluded.title, body = excluded.body`
	stInherit = `WITH RECURSIVE down(id, depth) AS (
		SELECT id, 0 FROM tree_node WHERE id = $1
		UNION ALL
		SELECT n.id, down.depth + 1 FROM down JOIN tree_node n ON n.parent = down.id WHERE n.acl IS NULL AND down.depth < 1000
	) UPDATE tree_text SET access = $2 WHERE id IN (SELECT id FROM down)`

	// A node and what is below it, at most $2 of them. Both databases return parents before their
	// children, and stop at the limit, as long as the result is not sorted.
	stSubtree = `WITH RECURSIVE down(depth, ` + Columns + `) AS (
		SELECT 0, ` + Columns + ` FROM tree_node WHERE id = $1
		UNION ALL
		SELECT down.depth + 1, n.id, n.parent, n.name, n.kind, n.data, n.acl, n.version, n.created, n.modified, n.ord
		FROM down JOIN tree_node n ON n.parent = down.id WHERE down.depth < 1000
	) SELECT ` + Columns + ` FROM down LIMIT $2`

	stLog = `INSERT INTO tree_audit (at, actor, op, node, kind, name, version, undoable, before, parent, was_parent, was_name, undone)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, false)`
	stPrune  = `DELETE FROM tree_audit WHERE seq <= (SELECT max(seq) FROM tree_audit) - $1`
	stAudit  = `SELECT ` + auditColumns + ` FROM tree_audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2`
	stOne    = `SELECT ` + auditColumns + ` FROM tree_audit WHERE node = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`
	stBefore = `SELECT op, node, name, version, undoable, undone, before FROM tree_audit WHERE seq = $1`
	stUndone = `UPDATE tree_audit SET undone = true WHERE seq = $1`
	stKept   = `SELECT EXISTS (SELECT 1 FROM tree_audit WHERE op = 'deleted' AND undoable AND NOT undone AND before LIKE $1)`

	// How many levels there are below a node, as far as $2.
	stHeight = `WITH RECURSIVE down(id, depth) AS (
		SELECT id, 0 FROM tree_node WHERE id = $1
		UNION ALL
		SELECT n.id, down.depth + 1 FROM down JOIN tree_node n ON n.parent = down.id WHERE down.depth < $2
	) SELECT coalesce(max(depth), 0) FROM down`
)

// auditColumns are the columns of an Entry.
const auditColumns = `seq, at, actor, op, node, kind, name, version, undoable, undone, parent, was_parent, was_name`

func bind(d Dialect) statements {
	b := d.Bind
	return statements{
		root: b(stRoot), load: b(stLoad), insert: b(stInsert),
		update: b(stUpdate), setACL: b(stSetACL), place: b(stPlace), unorder: b(stUnorder), setOrder: b(stSetOrder), del: b(stDelete),
		first: b(stFirst), after: b(stAfter), lineage: b(stLineage), height: b(stHeight), current: b(stCurrent), count: b(stCount),
		lists: b(stLists), listed: b(stListed), addText: b(stAddText), inherit: b(stInherit), search: d.Search(),
		firstOf: b(fmt.Sprintf(stFirstOf, d.InTexts("acl", "$4"))), afterOf: b(fmt.Sprintf(stAfterOf, d.InTexts("acl", "$6"))), childLists: b(stChildLists),
		subtree: b(stSubtree), log: b(stLog), prune: b(stPrune), audit: b(stAudit), one: b(stOne), before: b(stBefore), undone: b(stUndone), kept: b(stKept),
		nodes: b(fmt.Sprintf(stNodes, d.In("n.id", "$1"))), descend: d.Descend(),
	}
}
