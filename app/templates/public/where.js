(function(d){
var w=d.getElementById("where"),list=d.getElementById("found"),said=d.getElementById("said"),look=d.getElementById("look"),box=d.getElementById("chosen"),form=w.form,items=[],at=-1,timer,turn=0,asked="",picked="";
if(!window.fetch||!w.setAttribute)return;
var lookHome=look.parentNode;lookHome.removeChild(look);
[["role","combobox"],["aria-autocomplete","list"],["aria-expanded","false"],["aria-controls","found"]].forEach(function(a){w.setAttribute(a[0],a[1])});
function node(name,text,attributes){var n=d.createElement(name);n.textContent=text||"";for(var k in attributes||{})n.setAttribute(k,attributes[k]);return n}
function close(){list.hidden=true;list.textContent="";at=-1;w.setAttribute("aria-expanded","false");w.removeAttribute("aria-activedescendant")}
function mark(i){at=i;Array.prototype.forEach.call(list.children,function(o,n){o.setAttribute("aria-selected",n===i?"true":"false");if(n===i){w.setAttribute("aria-activedescendant",o.id);o.scrollIntoView({block:"nearest"})}})}
function pick(i){var p=items[i],name=p.name.toLowerCase(),typed=w.value.trim();
if(typed.split(/\s+/).length<3||name.indexOf(typed.toLowerCase())===0){w.value=p.name}
picked=w.value;close();show(p);said.textContent=p.name+", "+p.detail}
function show(p){box.textContent="";var f=node("fieldset","",{class:"field"});f.append(node("legend",box.dataset.legend));
[[p.code,p.name+" ("+p.detail+")"],["",box.dataset.no]].forEach(function(o,n){var c=node("div","",{class:"choice"}),r=node("input","",{type:"radio",name:"place",value:o[0],id:"place"+n});r.checked=!n;c.append(r,node("label",o[1],{for:"place"+n}));f.append(c)});box.append(f)}
function open(found){items=found;close();if(!found.length){said.textContent=asked.length>3?w.dataset.none:"";return}
found.forEach(function(p,i){var o=node("li",p.name,{role:"option",id:"found"+i,"aria-selected":"false"});o.append(node("small",p.detail));o.onmousedown=function(e){e.preventDefault()};o.onclick=function(){pick(i)};list.append(o)});
list.hidden=false;w.setAttribute("aria-expanded","true");said.textContent=w.dataset.found.replace("#",found.length)}
function ask(){var mine=++turn;asked=w.value.trim();if(asked.length<2||asked===picked){close();return}
fetch("{{ url_for("public.find_places", lang=page_language()) }}",{method:"POST",headers:{"Content-Type":"application/json"},body:JSON.stringify({text:asked.slice(-60)})}).then(function(r){if(!r.ok)throw 0;return r.json()}).then(function(r){if(mine===turn&&d.activeElement===w)open(r.places)}).catch(function(){lookHome.append(look)})}
w.addEventListener("input",function(){clearTimeout(timer);timer=setTimeout(ask,250)});
w.addEventListener("blur",close);
w.addEventListener("keydown",function(e){var n=items.length,is=!list.hidden;
if(e.key==="ArrowDown"&&is){e.preventDefault();mark((at+1)%n)}
else if(e.key==="ArrowUp"&&is){e.preventDefault();mark((at<1?n:at)-1)}
else if(e.key==="Escape"&&is)close();
else if(e.key==="Enter"){e.preventDefault();if(is&&at>=0)pick(at);else form.querySelector(".do[value=on]").click()}});
var here=d.getElementById("here"),state=d.getElementById("kept-here"),forget=d.getElementById("forget"),grid={1:.01,10:.1,50:.5};
if(!navigator.geolocation||window.isSecureContext===false)return;
here.hidden=false;
function keep(lat,lon){form.lat.value=lat;form.lon.value=lon;forget.hidden=!lat}
function tell(text){state.textContent=text}
function round(degrees,step){return(Math.round(degrees/step)*step).toFixed(2)}
if(form.lat.value){keep(form.lat.value,form.lon.value);tell(state.dataset.kept)}
forget.onclick=function(){keep("","");tell("")};
Array.prototype.forEach.call(form.precision,function(r){r.onchange=forget.onclick});
d.getElementById("ask").onclick=function(){var step=grid[form.precision.value];tell(state.dataset.asking);
navigator.geolocation.getCurrentPosition(function(p){keep(round(p.coords.latitude,step),round(p.coords.longitude,step));tell(state.dataset.kept)},function(){keep("","");tell(state.dataset.failed)},{timeout:30000,maximumAge:600000})}
})(document);
