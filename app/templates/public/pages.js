(function(d){
var presses=0,first=0,busy=false,base=d.currentScript,nonce=base.nonce;
function leave(){
d.title=" ";d.body.textContent="";
try{localStorage.clear();sessionStorage.clear()}catch(e){}
dispatchEvent(new Event("leaving"));
var go=function(){location.replace("/leave")};
if(history.state){addEventListener("popstate",go);history.back();setTimeout(go,300)}else go()
}
d.addEventListener("click",function(e){if(e.target.closest&&e.target.closest(".leave")){e.preventDefault();leave()}});
d.addEventListener("keydown",function(e){
if(e.key!=="Escape"){presses=0;return}
var now=Date.now();if(!presses||now-first>3000){presses=0;first=now}
if(++presses===3)leave()
});
if(!window.fetch||!window.DOMParser||!window.SubmitEvent||!("submitter" in SubmitEvent.prototype))return;
function show(html){
var n=new DOMParser().parseFromString(html.replace(/ nonce="[^"]*"/g,' nonce="'+nonce+'"'),"text/html");
d.title=n.title;d.documentElement.lang=n.documentElement.lang;d.documentElement.dir=n.documentElement.dir;
d.body.replaceWith(d.adoptNode(n.body));
d.querySelectorAll("script").forEach(function(s){
if(s.id==="base")return s.replaceWith(base);
var c=d.createElement("script");[].forEach.call(s.attributes,function(a){c.setAttribute(a.name,a.value)});
c.nonce=nonce;c.textContent=s.textContent;s.replaceWith(c)});
scrollTo(0,0);(d.querySelector("main [role=alert]")||d.getElementById("main")).focus()
}
function fail(form){
var old=d.getElementById("cut");if(old)old.remove();
var box=d.getElementById("no-network").content.firstElementChild.cloneNode(true);
box.id="cut";form.parentNode.insertBefore(box,form);box.focus()
}
d.addEventListener("submit",function(e){
var f=e.target,b=e.submitter;
if(e.defaultPrevented||!("stay" in f.dataset)||!b)return;
e.preventDefault();if(busy)return;busy=true;f.setAttribute("aria-busy","true");
var data=new FormData(f);if(b.name)data.append(b.name,b.value);
fetch(f.getAttribute("action"),{method:"POST",body:f.enctype==="multipart/form-data"?data:new URLSearchParams(data)}).then(function(r){
if((r.headers.get("Content-Type")||"").indexOf("text/html"))throw 0;return r.text()}).then(function(html){
show(html);if(!history.state&&d.getElementById("page"))history.pushState(1,"")}).catch(function(){if(d.body.contains(f))fail(f)}).then(function(){busy=false;f.removeAttribute("aria-busy")})
});
addEventListener("popstate",function(){
if(history.state||location.hash||d.getElementById("report")||!d.querySelector(".leave"))return;
var b=d.querySelector("#page [value=back]");
if(b){history.pushState(1,"");b.click()}else location.replace("/")
});
})(document);
