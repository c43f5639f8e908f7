package reload

// The child finds its three files by the variable, in this order: the listener, a pipe to the
// supervisor, and a pipe from it. Both pipes have a JSON value in each line.
const (
	variable  = "_MASTABA_RELOAD"
	firstFile = 3
)

// status is what the child reports once it serves.
type status struct {
	Live []string `json:"live"` // folders that it reads files from while it serves
}

// order is what the supervisor sends.
type order struct {
	Event string `json:"event"` // of the constants below
	Text  string `json:"text,omitempty"`
}

const (
	eventBuilding = "building" // the source has changed
	eventSame     = "same"     // the build has made the same program
	eventFailed   = "failed"   // Text says why
	eventChanged  = "changed"  // templates or static files
	eventStop     = "stop"     // another process serves from now on
)
