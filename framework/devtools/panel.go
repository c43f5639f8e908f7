package devtools

import (
	"fmt"

	"github.com/mastaba-go/mastaba/views/web"
)

// panel adds to an HTML page the script that shows a link to the record of its request. Without
// scripts the page looks as it would without the toolbar.
func (t *Toolbar) panel(rec *record, resp *web.Response) {
	markup := fmt.Sprintf(`<script src="%spanel.js" data-request="%d" data-status="%d" data-time="%s" data-lookups="%d" data-queries="%d" defer></script>`,
		Prefix, rec.number, resp.Status(), round(rec.since()), rec.count(ofStep), rec.count(ofQuery))
	Inject(resp, markup)
}
