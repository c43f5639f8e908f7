#!/usr/bin/env bash
# pyramid_tm 0.5, transaction 3.0.0, pyramid 2.0 (packages of Debian 12)
#
# A view joins the current transaction, and then calls request.invoke_subrequest(…, use_tweens=True). The tween
# of pyramid_tm runs for the subrequest too: it begins a transaction of its own, which silently aborts that of
# the outer request. What the outer view did before is lost, what it does afterwards is in no transaction, and
# its response is a 200 all the same. Without use_tweens, both are committed together.
#
# Seen:
#   use_tweens=False: outer joined, inner joined, outer committed, inner committed, 200 OK
#   use_tweens=True: outer joined, outer aborted, inner joined, inner committed, 200 OK
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 .

packages="python3-pyramid-tm=0.5-1.2 python3-transaction=3.0.0-1 python3-pyramid=2.0+dfsg-2+deb12u1 python3-webob=1:1.8.6-3
	python3-zope.interface=5.5.2-1+b1 python3-zope.deprecation=4.4.0-5 python3-venusian=3.0.0-2 python3-translationstring=1.4-2
	python3-plaster=1.0-3 python3-plaster-pastedeploy=0.5-5 python3-hupper=1.10.3-1 python3-pkg-resources"
# shellcheck disable=SC2086 # a list
apt-get download -qq $packages >/dev/null 2>&1
for deb in *.deb; do dpkg-deb -x "$deb" root; done
export PYTHONPATH=$dir/root/usr/lib/python3/dist-packages PYTHONWARNINGS=ignore

cat >app.py <<'PY'
import transaction
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response


class Manager:
    """A data manager that says what happens to it."""

    transaction_manager = transaction.manager

    def __init__(self, name, log):
        self.name, self.log = name, log
        transaction.get().join(self)
        log.append(name + " joined")

    def abort(self, t):
        self.log.append(self.name + " aborted")

    def tpc_begin(self, t):
        pass

    commit = tpc_vote = tpc_abort = tpc_begin

    def tpc_finish(self, t):
        self.log.append(self.name + " committed")

    def sortKey(self):
        return {"outer": "1", "inner": "2"}[self.name]


def play(use_tweens):
    log = []

    def outer(request):
        Manager("outer", log)
        request.invoke_subrequest(Request.blank("/inner"), use_tweens=use_tweens)
        return Response("done")

    def inner(request):
        Manager("inner", log)
        return Response("done")

    with Configurator() as config:
        config.include("pyramid_tm")
        for name, view in (("outer", outer), ("inner", inner)):
            config.add_route(name, "/" + name)
            config.add_view(view, route_name=name)
        app = config.make_wsgi_app()
    log.append(Request.blank("/outer").get_response(app).status)
    print("use_tweens=%s: %s" % (use_tweens, ", ".join(log)))


play(False)
play(True)
PY
/usr/bin/python3 app.py >seen
cat seen
diff seen - <<'WANT'
use_tweens=False: outer joined, inner joined, outer committed, inner committed, 200 OK
use_tweens=True: outer joined, outer aborted, inner joined, inner committed, 200 OK
WANT
