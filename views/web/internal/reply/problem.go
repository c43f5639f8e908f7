package reply

import "github.com/mastaba-go/mastaba/views/web/internal/problem"

// SetProblem sets body and type to a problem in one of its forms.
func (resp *Response) SetProblem(form problem.Form, p *problem.Problem) {
	switch form {
	case problem.JSON:
		resp.SetType(Problem)
		resp.SetBytes(p.JSON())
	case problem.HTML:
		resp.SetType(HTML)
		resp.SetText(p.HTML())
	default:
		resp.SetText(p.Text())
	}
}
