package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// markdownPage is a page of 4 KB.
var markdownPage = strings.Repeat("## Section\n\nA paragraph with *emphasis*, **strong words**, `code` and a [link](other) to the next\n"+
	"page. It goes on for a while, as paragraphs do, so that there is something to read.\n\n"+
	"- an item\n- another item, with a [reference](https://example.com/ \"title\")\n  - and one below it\n\n"+
	"| name | number |\n|------|-------:|\n| one  |      1 |\n| two  |      2 |\n\n"+
	"```go\nfunc main() { fmt.Println(\"hello\") }\n```\n\n> A quotation, in two\n> lines.\n\n", 9)

// shown is what a server shows to somebody who is logged in.
type shown struct {
	process *os.Process
	address string
	request []byte
}

// started builds a program of this repository, and starts it. Its output goes to the pipe that is
// returned.
func started(t testing.TB, folder, input string, args ...string) (*exec.Cmd, io.Reader) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Dir = folder
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stdin = t.TempDir(), strings.NewReader(input)
	r, w, err := os.Pipe()
	require.NoError(t, err)
	cmd.Stdout, cmd.Stderr = w, w
	cmd.Env = os.Environ()
	require.NoError(t, cmd.Start())
	require.NoError(t, w.Close())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = r.Close()
	})
	return cmd, r
}

// following returns the first line of a program's output with a pattern, as its groups, and then
// reads the rest.
func following(t testing.TB, in *bufio.Reader, pattern string) []string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for {
		line, err := in.ReadString('\n')
		require.NoError(t, err)
		if found := re.FindStringSubmatch(line); found != nil {
			return found
		}
	}
}

// startWiki starts the wiki on SQLite, and returns the page as HTML and as JSON. It is depth folders
// deep.
func startWiki(t testing.TB, depth int) (html, json shown) {
	t.Helper()
	cmd, out := started(t, "../../examples/wiki", "", "serve", "--addr", "127.0.0.1:0")
	in := bufio.NewReader(out)
	token := following(t, in, `token=([\w-]+)`)[1]
	address := following(t, in, `"address":"([^"]+)"`)[1]
	go func() { _, _ = io.Copy(io.Discard, in) }()

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{Jar: jar}
	defer client.CloseIdleConnections()
	base := "http://" + address
	send := func(page, action string, values ...string) {
		t.Helper()
		resp, err := client.Get(base + page)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		form := url.Values{}
		for _, field := range regexp.MustCompile(`name="(csrf_token|version)" value="([^"]*)"`).FindAllStringSubmatch(string(body), -1) {
			form.Set(field[1], field[2])
		}
		for i := 0; i < len(values); i += 2 {
			form.Set(values[i], values[i+1])
		}
		resp, err = client.PostForm(base+action, form)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusOK, resp.StatusCode, action)
	}
	const password = "open sesame, please"
	send("/-/join?token="+token, "/-/join", "user", "alice", "password", password, "token", token)
	folder := "/"
	for i := range depth {
		name := fmt.Sprintf("d%d", i+1)
		send(folder+"@@newfolder", folder+"@@newfolder", "name", name, "title", name)
		folder += name + "/"
	}
	send(folder+"@@newpage", folder+"@@newpage", "name", "page", "title", "A page", "text", markdownPage)
	send("/", "/-/logout") // a session of somebody who has just changed something does not use the cache
	send("/-/login", "/-/login", "user", "alice", "password", password)
	u, err := url.Parse(base)
	require.NoError(t, err)
	cookies := jar.Cookies(u)
	require.Len(t, cookies, 1)
	request := func(path string) []byte {
		return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s=%s\r\n\r\n", path, address, cookies[0].Name, cookies[0].Value)
	}
	return shown{cmd.Process, address, request(folder + "page")}, shown{cmd.Process, address, request(folder + "page/@@json")}
}

// startPocketBase starts a PocketBase with the same page as a record.
func startPocketBase(t testing.TB) shown {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	cmd, out := started(t, "pocketbase", markdownPage, address, filepath.Join(t.TempDir(), "data"))
	in := bufio.NewReader(out)
	found := following(t, in, `^(/api/\S+) (\S+)\n`)
	go func() { _, _ = io.Copy(io.Discard, in) }()
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			require.NoError(t, conn.Close())
			break
		}
		require.NoError(t, t.Context().Err())
	}
	return shown{cmd.Process, address, fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\n\r\n", found[1], address, found[2])}
}

// connections is how many clients there are at once.
const connections = 4

// measure sends requests for a while. It returns how many there were each second, and the CPU time
// of the server for each.
func measure(t testing.TB, s shown, during time.Duration) (perSecond float64, cpu time.Duration) {
	t.Helper()
	var all sync.WaitGroup
	counts, errs := make([]int, connections), make([]error, connections)
	usedBefore, began := cpuOf(t, s.process), time.Now()
	for i := range connections {
		all.Go(func() { counts[i], errs[i] = ask(s, began.Add(during)) })
	}
	all.Wait()
	took, used := time.Since(began), cpuOf(t, s.process)-usedBefore
	total := 0
	for i := range connections {
		require.NoError(t, errs[i])
		total += counts[i]
	}
	return float64(total) / took.Seconds(), used / time.Duration(total)
}

// ask sends the request again and again on one connection.
func ask(s shown, until time.Time) (count int, err error) {
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	in, body := bufio.NewReaderSize(conn, 64<<10), new(bytes.Buffer)
	for time.Now().Before(until) {
		if _, err := conn.Write(s.request); err != nil {
			return count, err
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			return count, err
		}
		body.Reset()
		if _, err := body.ReadFrom(resp.Body); err != nil {
			return count, err
		}
		if resp.StatusCode != http.StatusOK || !strings.Contains(body.String(), "strong words") {
			return count, fmt.Errorf("status %d: %s", resp.StatusCode, body)
		}
		count++
	}
	return count, nil
}

// cpuOf returns the CPU time that a process has used, in steps of 10 ms.
func cpuOf(t testing.TB, p *os.Process) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid))
	if err != nil {
		t.Skip("CPU times of processes need /proc: ", err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	values := strings.Fields(rest)
	user, err := strconv.Atoi(values[11])
	require.NoError(t, err)
	system, err := strconv.Atoi(values[12])
	require.NoError(t, err)
	return time.Duration(user+system) * 10 * time.Millisecond
}

// BenchmarkWiki views a page of the wiki as HTML and as JSON, ten folders deep, and the same text as
// a record of PocketBase, as somebody who is logged in. All are processes on SQLite, measured in
// turns of half a second. Kotti publishes 29 requests a second for a page at a depth of ten.
func BenchmarkWiki(b *testing.B) {
	html, json := startWiki(b, 10)
	names := []string{"wiki-html", "wiki-json", "pocketbase"}
	contenders := map[string]shown{"wiki-html": html, "wiki-json": json, "pocketbase": startPocketBase(b)}
	rates, cpus := map[string][]float64{}, map[string][]float64{}
	for b.Loop() {
		for _, name := range names {
			rate, cpu := measure(b, contenders[name], 500*time.Millisecond)
			rates[name] = append(rates[name], rate)
			cpus[name] = append(cpus[name], float64(cpu.Nanoseconds())/1000)
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, name := range names {
		b.ReportMetric(median(rates[name]), name+"/s")
		b.ReportMetric(median(cpus[name]), name+"-cpu-µs")
	}
	for _, name := range names[:2] {
		var rate, cpu []float64
		for i := range rates[name] {
			rate = append(rate, rates[name][i]/rates["pocketbase"][i])
			cpu = append(cpu, cpus["pocketbase"][i]/cpus[name][i])
		}
		b.ReportMetric(median(rate), "x-pocketbase-"+name)
		b.ReportMetric(median(cpu), "x-pocketbase-cpu-"+name)
	}
	b.ReportMetric(median(rates["wiki-html"])/29, "x-kotti")
}
