package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mastaba-go/mastaba/framework/security"
)

// File is one suite of cases.
type File struct {
	Format       int    `json:"format"`
	Suite        string `json:"suite"`
	RecordedWith string `json:"recorded_with"`
	Cases        []Case `json:"cases"`
}

// Case is an application, the requests and checks made on it, and the expected results.
type Case struct {
	ID        string    `json:"id"`
	Suite     string    `json:"suite"`
	Title     string    `json:"title"`
	App       App       `json:"app"`
	Requests  []Request `json:"requests"`
	Checks    []Check   `json:"checks"`
	CookieJar bool      `json:"cookie_jar"`
	Expect    Expect    `json:"expect"`

	disk *disk // the files of the case while it is played
}

// Expect holds the fields to compare, as decoded from JSON.
type Expect map[string]any

// App describes an application.
type App struct {
	Trees      map[string]*Tree `json:"trees"`
	Settings   Settings         `json:"settings"`
	Static     map[string]Files `json:"static"`
	Packages   map[string]Files `json:"packages"`
	Package    string           `json:"package"`
	Directives []Directive      `json:"directives"`
}

// Settings are the settings that occur in cases.
type Settings struct {
	Tweens             []TweenEntry `json:"tweens"`
	CSRFTrustedOrigins []string     `json:"csrf_trusted_origins"`
	PreventCacheBust   bool         `json:"prevent_cachebust"`
	PreventHTTPCache   bool         `json:"prevent_http_cache"`
	DefaultLocaleName  string       `json:"default_locale_name"`
	ReloadAssets       bool         `json:"reload_assets"`
}

// TweenEntry is an element of the explicit list of tweens: a name, or an object with a behavior of
// its own.
type TweenEntry struct {
	Name     string
	Behavior Behavior
}

// UnmarshalJSON reads either form.
func (e *TweenEntry) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &e.Name)
	}
	var long struct {
		Name     string   `json:"name"`
		Behavior Behavior `json:"behavior"`
	}
	err := strict(b, &long)
	e.Name, e.Behavior = long.Name, long.Behavior
	return err
}

// Tree is a node of a resource tree, with its children.
type Tree struct {
	Class    string           `json:"class"`
	Children map[string]*Tree `json:"children"`
	ACL      *[]ACE           `json:"acl"`
	Raises   string           `json:"raises"`
}

// ACE is an entry of an access control list.
type ACE struct {
	Allow       bool
	Principal   string
	Permissions []string
	All         bool
}

// UnmarshalJSON reads [action, principal, permissions].
func (a *ACE) UnmarshalJSON(b []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	if len(parts) != 3 {
		return fmt.Errorf("access control entry has %d parts, want 3", len(parts))
	}
	var action string
	if err := json.Unmarshal(parts[0], &action); err != nil {
		return err
	}
	if action != "Allow" && action != "Deny" {
		return fmt.Errorf("invalid action %q, want Allow or Deny", action)
	}
	a.Allow = action == "Allow"
	if err := json.Unmarshal(parts[1], &a.Principal); err != nil {
		return err
	}
	if parts[2][0] == '{' {
		var every struct {
			All bool `json:"all"`
		}
		err := strict(parts[2], &every)
		a.All = every.All
		return err
	}
	var names Names
	err := json.Unmarshal(parts[2], &names)
	a.Permissions = names
	return err
}

// Directive is one configuration call of any kind; Do is the kind.
type Directive struct {
	Do string `json:"do"`
	ID string `json:"id"`

	Name       string     `json:"name"`
	Predicates Predicates `json:"predicates"`
	Behavior   Behavior   `json:"behavior"`

	// views
	View          string      `json:"view"`
	Context       string      `json:"context"`
	RouteName     string      `json:"route_name"`
	Permission    string      `json:"permission"`
	ExceptionOnly bool        `json:"exception_only"`
	RequireCSRF   *bool       `json:"require_csrf"`
	AppendSlash   AppendSlash `json:"append_slash"`

	// routes and static files
	Pattern        string `json:"pattern"`
	Factory        string `json:"factory"`
	Traverse       string `json:"traverse"`
	UseGlobalViews bool   `json:"use_global_views"`
	Static         bool   `json:"static"`
	InheritSlash   bool   `json:"inherit_slash"`
	Dir            string `json:"dir"`
	CacheMaxAge    *int   `json:"cache_max_age"`

	Asset            string   `json:"asset"`
	With             string   `json:"with"`
	ContentEncodings []string `json:"content_encodings"`
	Buster           Buster   `json:"buster"`
	Explicit         bool     `json:"explicit"`
	Package          string   `json:"package"`

	rendering
	translating

	// order of tweens, view derivers and media types
	Under          Names  `json:"under"`
	Over           Names  `json:"over"`
	Value          string `json:"value"`
	WeighsMoreThan Names  `json:"weighs_more_than"`
	WeighsLessThan Names  `json:"weighs_less_than"`

	// subscribers and raw actions
	Event         string      `json:"event"`
	Mark          string      `json:"mark"`
	Adds          []Callback  `json:"adds"`
	Raise         string      `json:"raise"`
	Discriminator *string     `json:"discriminator"`
	Order         int         `json:"order"`
	Then          []Directive `json:"then"`

	// includes
	Directives  []Directive `json:"directives"`
	RoutePrefix string      `json:"route_prefix"`

	// what an application has only one of
	Tree           string   `json:"tree"`
	SetOnException *bool    `json:"set_on_exception"`
	ReissueTime    *int     `json:"reissue_time"`
	Token          string   `json:"token"`
	Header         string   `json:"header"`
	SafeMethods    []string `json:"safe_methods"`
	CheckOrigin    *bool    `json:"check_origin"`
	AllowNoOrigin  bool     `json:"allow_no_origin"`
}

// Names is one name or a list of them.
type Names []string

// UnmarshalJSON reads either form.
func (n *Names) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		*n = Names{""}
		return json.Unmarshal(b, &(*n)[0])
	}
	return json.Unmarshal(b, (*[]string)(n))
}

// AppendSlash says whether a not-found view appends a slash, and with which redirect.
type AppendSlash struct {
	On       bool
	Redirect string
}

// UnmarshalJSON reads true or the name of a redirect.
func (a *AppendSlash) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		a.On = true
		return json.Unmarshal(b, &a.Redirect)
	}
	return json.Unmarshal(b, &a.On)
}

// Behavior is what a view or a tween does when it is called.
type Behavior struct {
	Status     int               `json:"status"`
	Raise      string            `json:"raise"`
	RaiseHTTP  HTTPError         `json:"raise_http"`
	ReturnHTTP HTTPError         `json:"return_http"`
	Returns    string            `json:"returns"`
	Adds       []Callback        `json:"adds"`
	Session    []json.RawMessage `json:"session"`

	rendered
	localized

	// tweens only
	Answer     int    `json:"answer"`
	After      bool   `json:"after"`
	RaiseAfter string `json:"raise_after"`
	Catch      string `json:"catch"`
}

// HTTPError is the name of an HTTP error, and its Location.
type HTTPError struct {
	Name     string
	Location string
}

// UnmarshalJSON reads a name or an object.
func (h *HTTPError) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &h.Name)
	}
	var long struct {
		Name     string `json:"name"`
		Location string `json:"location"`
	}
	err := strict(b, &long)
	h.Name, h.Location = long.Name, long.Location
	return err
}

// Callback is a response callback or a finished callback.
type Callback struct {
	Response string     `json:"response_callback"`
	Finished string     `json:"finished_callback"`
	Adds     []Callback `json:"adds"`
	Raise    string     `json:"raise"`
}

// Request is one request and its expected result.
type Request struct {
	Method     string      `json:"method"`
	Path       string      `json:"path"`
	Query      string      `json:"query"`
	Headers    [][2]string `json:"headers"`
	Body       *string     `json:"body"`
	Scheme     string      `json:"scheme"`
	Host       string      `json:"host"`
	ScriptName string      `json:"script_name"`
	Files      Files       `json:"files"`
	Expect     Expect      `json:"expect"`

	renders bool           // what is rendered is compared too
	visitor *visitor       // of a case with sessions, from Play on
	policy  *security.CSRF // of the same
}

// UnmarshalJSON fills in the defaults.
func (q *Request) UnmarshalJSON(b []byte) error {
	type plain Request
	p := plain{Method: "GET", Scheme: "http", Host: "example.com"}
	err := strict(b, &p)
	*q = Request(p)
	return err
}

// LaterSuites are suites about parts of the framework that do not exist yet, and what they wait
// for. Load leaves them out.
var LaterSuites = map[string]string{}

// Load reads the suites in a folder. It returns them by name.
func Load(dir string) (map[string]*File, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	files := map[string]*File{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var head struct{ Suite string }
		if err := json.Unmarshal(b, &head); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if LaterSuites[head.Suite] != "" {
			continue
		}
		f := new(File)
		if err := strict(b, f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if f.Format != 1 {
			return nil, fmt.Errorf("%s: format %d, want 1", name, f.Format)
		}
		files[f.Suite] = f
	}
	return files, nil
}

// strict decodes JSON and rejects unknown fields.
func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
