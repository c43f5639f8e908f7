package renderers

import (
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// NDJSON renders a list as one line of JSON for each item, as application/x-ndjson. The items of an
// iterator are flushed one by one. It uses the adapters of views.AddJSONAdapter.
func NDJSON() views.RendererFactory {
	return func(info views.RendererInfo) (views.ValueRenderer, error) {
		marshal := encode(info)
		return views.RendererFunc(func(r *web.Request, resp *web.Response, value any) error {
			list, err := itemsOf(value)
			if err != nil {
				return err
			}
			if resp.ContentType() == "" {
				resp.SetContentType("application/x-ndjson")
			}
			write := func(line func([]byte) error) error {
				for item, err := range list.all {
					if err != nil {
						return err
					}
					b, err := marshal(r, item)
					if err == nil {
						err = line(append(b, '\n'))
					}
					if err != nil {
						return err
					}
				}
				return nil
			}
			return send(resp, list.stream, write)
		}), nil
	}
}
