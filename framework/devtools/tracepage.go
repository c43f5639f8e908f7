package devtools

import (
	"bytes"
	"net/http"
	"strconv"
)

func (t *Toolbar) tracePage(*http.Request) (int, any) {
	type kept struct {
		Request      uint64
		Target, Took string
	}
	data := struct {
		head
		Running bool
		Kept    []kept
		Most    int
	}{head: head{Title: "Flight recorder", Here: "trace"}, Running: t.flight.running(), Most: maxKept}
	for _, slow := range t.flight.traces() {
		data.Kept = append(data.Kept, kept{slow.Request, slow.Target, round(slow.Took)})
	}
	return http.StatusOK, data
}

// download sends the trace of the last seconds.
func (t *Toolbar) download(w http.ResponseWriter, _ *http.Request) {
	var data bytes.Buffer
	running, err := t.flight.write(&data)
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case !running:
		http.Error(w, "the flight recorder does not run: see the log of the program", http.StatusServiceUnavailable)
	default:
		sendTrace(w, "trace.out", data.Bytes())
	}
}

// downloadKept sends the trace of a slow request.
func (t *Toolbar) downloadKept(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.ParseUint(r.PathValue("number"), 10, 64)
	data := t.flight.trace(number)
	if err != nil || data == nil {
		http.NotFound(w, r)
		return
	}
	sendTrace(w, "trace-"+strconv.FormatUint(number, 10)+".out", data)
}

func sendTrace(w http.ResponseWriter, name string, data []byte) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
}
