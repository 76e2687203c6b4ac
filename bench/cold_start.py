"""Cold start: from exec to the first page of a district, and the memory then. Usage: cold_start.py GUATU DATA_FOLDER"""
import json
import re
import subprocess
import sys
import time
import urllib.request

t0=time.time()
p=subprocess.Popen([sys.argv[1],'serve','--data',sys.argv[2],'--listen','127.0.0.1:0','--as-of','2023-03-10'],stdout=subprocess.PIPE,text=True)
addr=tok=None
for line in p.stdout:
    m=re.search(r'(http://127[^/]+)/signin\?token=(\w+)',line)
    if m: addr,tok=m.groups(); break
t1=time.time()
r=urllib.request.Request(addr+'/api/v1/login/link',json.dumps({'token':tok}).encode(),{'Content-Type':'application/json','X-Guatu':'1'})
c=urllib.request.urlopen(r).headers['set-cookie'].split(';')[0]
get=lambda u: urllib.request.urlopen(urllib.request.Request(addr+u,headers={'Cookie':c})).read()
get('/'); h=get('/api/v1/home'); t2=time.time(); l=json.loads(get('/api/v1/registers/enterprise/records?limit=50&sort=name')); t3=time.time()
rss=[x for x in open(f'/proc/{p.pid}/status') if x.startswith(('VmRSS','VmHWM'))]
print('listening %.2f s, first page %.2f s, list %.3f s'%(t1-t0,t2-t0,t3-t2), l['total'], rss, open(f'/proc/{p.pid}/stat').read().split()[13:15])
p.terminate()
